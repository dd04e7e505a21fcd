# A loop of a million steps.
BEGIN { for (i = 0; i < 1000000; i++) { s += i; if (i % 3 == 0) t++ } print s, t }
