#: only gawk
BEGIN {
	print strftime("%H:%M", 0)
	ENVIRON["TZ"] = "<+0530>-5:30"
	print strftime("%H:%M", 0), mktime("1970 01 01 05 30 00")
	ENVIRON["TZ"] = "UTC"
	print strftime("%H:%M", 0), mktime("1970 01 01 05 30 00")
}
