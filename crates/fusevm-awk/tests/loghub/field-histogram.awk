# How many records have how many fields.
{ records[NF]++; if (NF > most) most = NF }
END { for (n = 0; n <= most; n++) if (n in records) printf "%3d fields: %5d records\n", n, records[n] }
