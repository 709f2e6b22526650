#!/bin/sh
# What a package manager keeps for itself has no place in the history of an image.
set -eu
rm -rf /var/cache/apt/archives/* /var/cache/apt/*.bin /var/lib/apt/lists/* /tmp/* /var/log/*.log
