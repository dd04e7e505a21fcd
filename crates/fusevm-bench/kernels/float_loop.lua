local function kernel(n)
  local x, i = 1.0, 0
  while i < n do
    x = x * 0.999 + i * 0.5
    i = i + 1
  end
  return x
end
