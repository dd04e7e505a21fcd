local function kernel(n)
  local a = {}
  for i = 1, n do
    a[i] = i
  end
  local sum = 0
  for i = 1, n do
    sum = sum + a[i]
  end
  return sum
end
