#: differs original-awk: it knows no %F
# %F is another spelling of %f, %G and %E use a capital E.
BEGIN { printf "%F %.1F %G %E %G\n", 1.5, 2.25, 1e-10, 1.5, 100 }
