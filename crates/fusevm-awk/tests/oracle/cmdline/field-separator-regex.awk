#: argv -F '[:;]+' '{ print NF, $3 }'
#: stdin a:;b:c;;d\n
# A regex.
