#!/bin/bash
# One database and one role for each service and for the portal's sessions: none can read another's. Run once, by the image, on an empty volume.
set -euo pipefail
for name in identity habilitation declaration notification documents portal; do
  variable="${name^^}_DATABASE_PASSWORD"
  psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    -v name="$name" -v password="${!variable:?is not set}" <<'SQL'
create role :"name" login password :'password' connection limit 60;
create database :"name" owner :"name" encoding 'UTF8';
revoke all on database :"name" from public;
SQL
  psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$name" -v name="$name" <<'SQL'
revoke all on schema public from public;
alter schema public owner to :"name";
SQL
done
