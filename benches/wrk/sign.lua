-- Signs each contract of the file in CONTRACTS ("<id> <sha256>") once; run with one thread.
local lines, at = {}, 0
function init()
  for line in io.lines(os.getenv("CONTRACTS")) do lines[#lines + 1] = line end
end
function request()
  at = at + 1
  local id, hash = (lines[at] or lines[#lines]):match("(%S+) (%S+)")
  return wrk.format("POST", "/api/v1/contracts/" .. id .. "/sign", {
    ["content-type"] = "application/json",
    ["authorization"] = "Bearer " .. os.getenv("TOKEN"),
    ["idempotency-key"] = "sign-" .. id,
  }, '{"document_sha256":"' .. hash .. '"}')
end
