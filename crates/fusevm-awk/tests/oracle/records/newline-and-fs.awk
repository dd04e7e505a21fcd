#: options -v RS=';' -v FS='\n'
#: stdin a\nb;c;\nd;
# A newline is data when RS is something else.
{ printf "%d:", NF; for (i = 1; i <= NF; i++) printf "[%s]", $i; print "" }
