#!/usr/bin/env bash
# Makes everything secret that the grown hub needs, once: Elasticsearch's certificate authority and its node's
# certificate, and one random password for each user. What is there already is kept, so this may run at every
# start. Runs in Elasticsearch's own image, without a network.
#
# Each folder goes to one service alone, so none can read what it does not need:
#   AUTHORITY      the authority with its key, to sign the certificates of further nodes
#   ELASTICSEARCH  ca.crt, node.crt, node.key, elastic_password     read by user 1000 of the official image
#   POSTGRES       postgres_password, hub_password                  read by group 999 of the official image
#   HUB            ca.crt, store_password, later engine_api_key     read by group 10001 of hubsearch's image
set -euo pipefail
umask 077

: "${AUTHORITY:=/secrets/authority}" "${ELASTICSEARCH:=/secrets/elasticsearch}"
: "${POSTGRES:=/secrets/postgres}" "${HUB:=/secrets/hub}" "${NODE:=elasticsearch}"
: "${CERTUTIL:=/usr/share/elasticsearch/bin/elasticsearch-certutil}" "${DAYS:=3650}"
: "${CHOWN:=chown}"

# Files appear whole or not at all: a run that is cut off is finished by the next.
random_password() {
  [ -s "$1" ] && return
  head -c 32 /dev/urandom | base64 | tr -d '\n=' | tr '+/' '-_' >"$1.part"
  mv "$1.part" "$1"
}

authority() {
  [ -s "$AUTHORITY/ca/ca.key" ] && return
  rm -rf "$AUTHORITY/ca.zip" "$AUTHORITY/made"
  bash "$CERTUTIL" ca --silent --pem --days "$DAYS" --out "$AUTHORITY/ca.zip"
  unzip -q "$AUTHORITY/ca.zip" -d "$AUTHORITY/made"
  rm -rf "$AUTHORITY/ca" && mv "$AUTHORITY/made/ca" "$AUTHORITY/ca"
  rm -rf "$AUTHORITY/ca.zip" "$AUTHORITY/made"
}

certificate() {
  [ -s "$ELASTICSEARCH/node.key" ] && return
  local made="$AUTHORITY/node"
  rm -rf "$made" "$made.zip"
  bash "$CERTUTIL" cert --silent --pem --days "$DAYS" --name node --dns "$NODE,localhost" --ip 127.0.0.1 \
    --ca-cert "$AUTHORITY/ca/ca.crt" --ca-key "$AUTHORITY/ca/ca.key" --out "$made.zip"
  unzip -q "$made.zip" -d "$made"
  cp "$AUTHORITY/ca/ca.crt" "$made/node/node.crt" "$ELASTICSEARCH/"
  cp "$made/node/node.key" "$ELASTICSEARCH/node.key.part"
  mv "$ELASTICSEARCH/node.key.part" "$ELASTICSEARCH/node.key"
  rm -rf "$made" "$made.zip"
}

same() {
  cmp --silent "$1" "$2" && return
  cp "$1" "$2.part" && mv -f "$2.part" "$2"
}

# give FOLDER OWNER MODE: the folder and its files, to be read by OWNER and written by nobody else.
give() {
  "$CHOWN" -R "$2" "$1"
  find "$1" -type d -exec chmod u=rwx,g=rx,o= {} +
  find "$1" -type f -exec chmod "$3" {} +
}

mkdir -p "$AUTHORITY" "$ELASTICSEARCH" "$POSTGRES" "$HUB"
authority
certificate
random_password "$ELASTICSEARCH/elastic_password"
random_password "$POSTGRES/postgres_password"
random_password "$POSTGRES/hub_password"
same "$AUTHORITY/ca/ca.crt" "$HUB/ca.crt"
same "$POSTGRES/hub_password" "$HUB/store_password"

give "$ELASTICSEARCH" 1000:0 0400   # the official image takes a password file of mode 400 or 600 only
give "$POSTGRES" 0:999 0440
give "$HUB" 0:10001 0440
chmod -R go= "$AUTHORITY"
echo "The secrets are in place."
