#!/bin/sh
grep -q 'base 12' /etc/base-release
