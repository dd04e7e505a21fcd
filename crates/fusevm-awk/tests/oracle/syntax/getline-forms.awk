#: file in a\nb\nc\nd\n
# getline without blanks and as an operand.
BEGIN { while((getline x<"in")>0)s=s x;print s;close("in");if((getline<"in")>0)print $0;getline y<"in"
print y; "echo z"|getline; print; "echo q"|getline w; print w; print getline<"in",$0; !getline; x = "in"
(getline z < x); print z
}
