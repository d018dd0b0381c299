#!/usr/bin/env bash
# Run once by the official PostgreSQL image, when its data folder is new: the hub's own database and a user that
# owns it and nothing else. The password is read by psql itself, so that no process table shows it. Texts are
# compared byte by byte, as SQLite does and Python: the same order everywhere, and indexes that no update of a
# locale can break.
set -euo pipefail

: "${HUB_PASSWORD_FILE:=/secrets/postgres/hub_password}" "${HUB_USER:=hub}" "${HUB_DATABASE:=hub}"
export HUB_PASSWORD_FILE

psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname=postgres \
  --set=user="$HUB_USER" --set=database="$HUB_DATABASE" <<'SQL'
\set password `cat "$HUB_PASSWORD_FILE"`
CREATE ROLE :"user" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE :"database" OWNER :"user" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C';
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
SQL
