-- The keys are spread over 0 .. 1000002, each used once: no array part can hold them.
local function kernel(n)
  local h = {}
  for i = 1, n do
    h[i * 7919 % 1000003] = i
  end
  local sum = 0
  for i = 1, n do
    sum = sum + h[i * 7919 % 1000003]
  end
  return sum
end
