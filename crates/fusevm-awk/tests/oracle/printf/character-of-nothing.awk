#: differs original-awk: %c of an empty string prints nothing there
# %c of an empty string prints a zero byte, as the code 0 does.
BEGIN { printf "[%c][%c][%3c]\n", "", 0, u }
