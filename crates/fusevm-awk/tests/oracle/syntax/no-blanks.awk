BEGIN{a=1;b=2;if(a<b)print"less";else print"more";for(i=0;i<2;i++)s=s i;print s;while(i-->0)t=t"x";print t;do{n++}while(n<3);print n;c[1]=5;for(k in c)print k,c[k];if(!(2 in c))print"no";print a?b:0,a+b*2,-a,!a,a" "b,length"x";x=a b;print x;y=a+ +b;print y;z=a- -b;print z;print(a)(b);printf"%d\n",7;print 1>"/dev/stdout";f();exit}function f(){print"f"}
# The least blanks that a program needs.
