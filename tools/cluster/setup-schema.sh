#!/bin/sh
# Makes Temporal's two databases and brings their schemas up to date; safe to repeat.
# Wants SQL_PLUGIN, SQL_HOST, SQL_PORT, SQL_USER and SQL_PASSWORD. Used by docker-compose.yml and by test/cluster.
set -eu

set_up() {
  temporal-sql-tool --db "$1" create
  temporal-sql-tool --db "$1" setup-schema -v 0.0
  temporal-sql-tool --db "$1" update-schema --schema-name "postgresql/v12/$2"
}
set_up temporal temporal
set_up temporal_visibility visibility
