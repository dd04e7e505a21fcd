# Letters in both cases and their lengths.
{ print toupper($1), tolower($NF), toupper(substr($2, 1, 1)) tolower(substr($2, 2)), length($0), length($NF) }
tolower($0) ~ /error/ { n++ }
END { print n + 0, toupper($0) }
