local function kernel(n)
  local sum, i = 0, 0
  while i < n do
    local j = 0
    while j < n do
      sum = sum + j
      j = j + 1
    end
    i = i + 1
  end
  return sum
end
