# rand needs no seed, and the seed before the first srand is 0.
BEGIN { x = rand(); print (x >= 0 && x < 1), int(rand()), srand(), (srand(3) > 1e9), srand() }
