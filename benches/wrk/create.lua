-- POSTs the body in BODY to /api/v1/listings, each time under a new Idempotency-Key.
local body, n, run
function init()
  local file = io.open(os.getenv("BODY")); body = file:read("*a"); file:close()
  math.randomseed(os.time() + tonumber(tostring({}):sub(8), 16) % 100000)
  n, run = 0, math.random(1, 2 ^ 30)
end
function request()
  n = n + 1
  return wrk.format("POST", "/api/v1/listings", {
    ["content-type"] = "application/json",
    ["authorization"] = "Bearer " .. os.getenv("TOKEN"),
    ["idempotency-key"] = run .. "-" .. n,
  }, body)
end
