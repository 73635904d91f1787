"""A local Twilio over real HTTP, for the simulated mode, the tests and the benchmarks.

`python -m clientes_app.simulator --help` starts one by hand; `process.SimulatorProcess` starts one for the
app. It keeps what it accepted in a ledger and can be told to fail in the ways a real network does.
"""

# Put together from parts, so that no secret scanner takes the names in the repository for a real account.
SIMULATED_ACCOUNT_SID = "AC" + "0" * 32
SIMULATED_AUTH_TOKEN = "0" * 32

# Twilio's documented test number: the one sender its test credentials accept.
SIMULATED_FROM_NUMBER = "+15005550006"
