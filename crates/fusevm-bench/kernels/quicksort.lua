-- Hoare's partition: the pivot is the first element of the range.
local function quicksort(a, lo, hi)
  if lo >= hi then return end
  local pivot, i, j = a[lo], lo - 1, hi + 1
  while true do
    repeat i = i + 1 until a[i] >= pivot
    repeat j = j - 1 until a[j] <= pivot
    if i >= j then break end
    a[i], a[j] = a[j], a[i]
  end
  quicksort(a, lo, j)
  quicksort(a, j + 1, hi)
end

local function kernel(n)
  local a, seed = {}, 42
  for i = 1, n do
    seed = (seed * 3877 + 29573) % 139968
    a[i] = seed
  end
  quicksort(a, 1, n)
  local checksum = 0
  for i = 1, n do
    checksum = checksum + a[i] * (i % 16)
  end
  return checksum
end
