local function kernel(n)
  local h = {}
  for i = 1, n do
    h["k" .. i] = i
  end
  local sum = 0
  for i = 1, n do
    sum = sum + h["k" .. i]
  end
  return sum
end
