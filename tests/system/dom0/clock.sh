# SPDX-License-Identifier: MIT
#
# The clock: a token passed between the CPUs never sees time go back, and the
# kernel's clock agrees with the TSC. Prints STAMP lines that the host
# compares with its own clock; parvis.seconds= says over how long a time.

. /tests/lib.sh

seconds=$(parameter parvis.seconds)
seconds=${seconds:-10}

echo "NOTE clock source: $(cat \
    /sys/devices/system/clocksource/clocksource0/current_clocksource)"
if [ "$(nproc)" -gt 1 ]; then
    check "token between CPUs" /tests/bin/token 5
fi
/tests/bin/stamp 20
sleep "$seconds"
/tests/bin/stamp 20
/tests/bin/tsc "$(parameter parvis.ppm)"
quiet_log clock
