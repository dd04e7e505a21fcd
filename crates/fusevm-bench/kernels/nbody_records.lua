-- Each body is a record with named fields.
local function body(x, y, z, vx, vy, vz, mass)
  return { x = x, y = y, z = z, vx = vx, vy = vy, vz = vz, mass = mass }
end

local function energy(bodies)
  local e = 0.0
  for i = 1, 5 do
    local a = bodies[i]
    e = e + 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz)
    for j = i + 1, 5 do
      local b = bodies[j]
      local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
      e = e - a.mass * b.mass / math.sqrt(dx * dx + dy * dy + dz * dz)
    end
  end
  return e
end

local function kernel(n)
  local bodies = {
    body(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 40.0),
    body(5.0, 0.0, 0.1, 0.0, 2.8, -0.02, 0.04),
    body(-10.0, 1.0, -0.3, -0.2, -2.0, 0.03, 0.01),
    body(0.0, -19.0, 0.2, 1.4, 0.1, -0.01, 0.002),
    body(30.0, 3.0, -0.7, -0.1, 1.1, 0.02, 0.003),
  }
  for _ = 1, n do
    for i = 1, 5 do
      local a = bodies[i]
      for j = i + 1, 5 do
        local b = bodies[j]
        local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
        local d2 = dx * dx + dy * dy + dz * dz
        local magnitude = 0.01 / (d2 * math.sqrt(d2))
        local ma, mb = a.mass * magnitude, b.mass * magnitude
        a.vx = a.vx - dx * mb
        a.vy = a.vy - dy * mb
        a.vz = a.vz - dz * mb
        b.vx = b.vx + dx * ma
        b.vy = b.vy + dy * ma
        b.vz = b.vz + dz * ma
      end
    end
    for i = 1, 5 do
      local a = bodies[i]
      a.x = a.x + 0.01 * a.vx
      a.y = a.y + 0.01 * a.vy
      a.z = a.z + 0.01 * a.vz
    end
  end
  return energy(bodies)
end
