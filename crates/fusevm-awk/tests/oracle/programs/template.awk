#: stdin Dear {name},\nyou owe {amount} {unit}{unit}.\n{missing} and { not a key }\n
#: options -v name=Ann -v amount=12 -v unit=!
# Placeholders replaced by values.
BEGIN { v["name"] = name; v["amount"] = amount; v["unit"] = unit }
{
    out = ""
    while (match($0, /\{[a-z]+\}/)) {
        k = substr($0, RSTART + 1, RLENGTH - 2)
        out = out substr($0, 1, RSTART - 1) (k in v ? v[k] : "<" k "?>"); $0 = substr($0, RSTART + RLENGTH)
    }
    print out $0
}
