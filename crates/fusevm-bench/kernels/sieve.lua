local function kernel(n)
  local prime = {}
  for i = 1, n do
    prime[i] = true
  end
  local count = 0
  for i = 2, n do
    if prime[i] then
      count = count + 1
      for j = i + i, n, i do
        prime[j] = false
      end
    end
  end
  return count
end
