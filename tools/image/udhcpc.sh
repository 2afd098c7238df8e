#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What busybox's DHCP client calls in dom0: sets address, route and name
# server of $interface.

case $1 in
deconfig)
    ifconfig "$interface" 0.0.0.0 up
    ;;
bound | renew)
    ifconfig "$interface" "$ip" netmask "${subnet:-255.255.255.0}" up
    for r in $router; do
        route add default gw "$r" dev "$interface" 2>/dev/null
        break
    done
    for d in $dns; do
        echo "nameserver $d"
    done >/etc/resolv.conf
    ;;
esac
