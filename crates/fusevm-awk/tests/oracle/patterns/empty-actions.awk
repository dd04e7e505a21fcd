#: stdin x\ny\n
# Empty actions read and print nothing.
BEGIN { }
{ }
/x/ { ; }
END { print NR }
