/* header comment */
int main(void) { /* one */ int x = 1; /* two */
    // a line comment
    char *s = "not /* a comment */";
    /* spans
       several lines */ return x / 2; /* end */
}
