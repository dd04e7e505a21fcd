#: env TEN=10 NINE=9 WORD=abc SPACED=' 9 ' HEX=0x9
# Values of the environment can look numeric.
BEGIN {
    print (ENVIRON["TEN"] < ENVIRON["NINE"]), (ENVIRON["TEN"] == 10.0), (ENVIRON["NINE"] == ENVIRON["SPACED"])
    print (ENVIRON["WORD"] > 5), (ENVIRON["HEX"] == 9), (ENVIRON["TEN"] == "10.0"), ("NOPE" in ENVIRON)
}
