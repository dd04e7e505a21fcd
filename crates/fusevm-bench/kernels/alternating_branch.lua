local function kernel(n)
  local even, odd = 0, 0
  for i = 0, n - 1 do
    if i % 2 == 0 then
      even = even + i
    else
      odd = odd + 3
    end
  end
  return even - odd
end
