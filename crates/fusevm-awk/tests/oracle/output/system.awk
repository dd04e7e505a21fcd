# system gives the exit status and flushes before it runs.
BEGIN {
    printf "before "; system("echo inside"); print "after"; r = system("exit 3")
    print r, system("true"), system("false"); printf "no newline|"; system(""); system("printf 'shell|'")
    print "end"; if (system("test -d .") == 0) print "is a directory"
}
