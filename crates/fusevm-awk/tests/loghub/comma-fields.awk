# Fields between commas, with tabs on the way out.
BEGIN { FS = ","; OFS = "\t" }
{ print NF, $1, $3, $NF; $2 = $2; if (NF > 2) print }
END { $0 = "a,b,c"; $5 = "e"; print; print NF }
