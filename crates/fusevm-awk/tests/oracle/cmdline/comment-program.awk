#: argv '# only a comment'
# So does one of comments.
