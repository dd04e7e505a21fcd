#: only gawk
# Braces that begin no counted repetition, and a bracket that closes nothing, stand for themselves.
BEGIN { print ("a{" ~ /a{/), ("a{x}" ~ /a{x}/), ("a}" ~ /a}/), ("]" ~ /]/), ("a{ 2}" ~ /a{ 2}/) }
