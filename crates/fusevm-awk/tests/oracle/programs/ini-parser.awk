#: files config.ini
# Sections and keys of a configuration file.
{ sub(/[ \t]*[;#].*$/, "") }
/^[ \t]*$/ { next }
/^\[.*\]$/ { section = substr($0, 2, length($0) - 2); next }
{
    i = index($0, "="); k = substr($0, 1, i - 1); v = substr($0, i + 1); gsub(/^[ \t]+|[ \t]+$/, "", k)
    gsub(/^[ \t]+|[ \t]+$/, "", v); print (section == "" ? "(top)" : section) "." k "=[" v "]"
    seen[section, k] = v
}
END { print seen["server", "port"] + 1, ("paths", "empty") in seen, ("paths", "none") in seen }
