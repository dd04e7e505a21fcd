#: stdin a:b c\nd:e f\ng:h i\n
# FS that changes while a record is worked on counts from the next one, also for fields not looked at yet.
NR == 1 { FS = ":" }
{ print NF, $1, $2 }
NR == 2 { FS = " "; print $1, NF }
