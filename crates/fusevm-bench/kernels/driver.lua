-- Appended to a kernel's text: runs `kernel(size)` once, then again and again for `budget` seconds of CPU time.
-- Prints the checksum, the seconds of the first run, and the mean seconds of a later one.
local size, budget = tonumber(arg[1]), tonumber(arg[2])
local start = os.clock()
local checksum = kernel(size)
local first = os.clock() - start
collectgarbage()
local runs, elapsed = 0, 0
start = os.clock()
repeat
  kernel(size)
  runs = runs + 1
  elapsed = os.clock() - start
until elapsed >= budget
print(string.format("%.17g %.9f %.9f", checksum, first, elapsed / runs))
