#!/usr/bin/env bash
# Gives hubsearch an API key that may do what it needs and nothing else; a key that works already is kept.
# Runs beside Elasticsearch, as the user `elastic`, whose password nobody else has. Needs bash, curl and sed.
#
#   URL            Elasticsearch                        CA           its authority (empty for http)
#   PASSWORD_FILE  the password of `elastic`            PRIVILEGES   what the key may do (JSON)
#   KEY_FILE       where the key goes                   PREFIX       what the hub's indexes begin with
set -euo pipefail
umask 077

: "${URL:=https://elasticsearch:9200}" "${CA=/secrets/elasticsearch/ca.crt}"
: "${PASSWORD_FILE:=/secrets/elasticsearch/elastic_password}" "${KEY_FILE:=/secrets/hub/engine_api_key}"
: "${PRIVILEGES:=$(dirname "$0")/elasticsearch_privileges.json}" "${PREFIX:=hub}" "${OWNER=0:10001}" "${TRIES:=60}"

# ask CREDENTIALS METHOD PATH [BODY]: the answer and, on a line of its own, its status. The credentials go in by
# stdin, so that no process table shows them.
ask() {
  local arguments=(--silent --show-error --max-time 30 --config - --request "$2" --write-out '\n%{http_code}')
  [ -n "$CA" ] && arguments+=(--cacert "$CA")
  [ $# -gt 3 ] && arguments+=(--header 'Content-Type: application/json' --data "$4")
  printf '%s\n' "$1" | curl "${arguments[@]}" "$URL$3"
}

status_of() { ask "$@" | tail -n 1 || true; }

elastic="user = \"elastic:$(cat "$PASSWORD_FILE")\""
for ((try = 1; ; try++)); do
  status=$(status_of "$elastic" GET /_security/_authenticate 2>/dev/null)
  [ "$status" = 200 ] && break
  if [ "$status" = 401 ] && ((try > 10)) || ((try >= TRIES)); then
    echo "Elasticsearch at $URL does not let the user elastic in (answer ${status:-none})." >&2
    echo "The password is the one of the first start: the data and the secrets belong together." >&2
    exit 1
  fi
  sleep 2
done

if [ -s "$KEY_FILE" ]; then
  key="header = \"Authorization: ApiKey $(cat "$KEY_FILE")\""
  if [ "$(status_of "$key" GET /_security/_authenticate)" = 200 ]; then
    echo "The API key works."
    exit 0
  fi
fi

role=$(sed "s/\"hub-\*\"/\"$PREFIX-*\"/" "$PRIVILEGES")
answer=$(ask "$elastic" POST /_security/api_key \
  "{\"name\": \"hubsearch\", \"metadata\": {\"index\": \"$PREFIX\"}, \"role_descriptors\": {\"hubsearch\": $role}}")
if [ "$(tail -n 1 <<<"$answer")" != 200 ]; then
  echo "Elasticsearch at $URL made no API key: $(head -n 1 <<<"$answer" | cut -c 1-300)" >&2
  exit 1
fi
sed -n 's/.*"encoded":"\([^"]*\)".*/\1/p' <<<"$answer" >"$KEY_FILE.part"
test -s "$KEY_FILE.part"
if [ -n "$OWNER" ]; then chown "$OWNER" "$KEY_FILE.part"; fi
chmod 0440 "$KEY_FILE.part"
mv -f "$KEY_FILE.part" "$KEY_FILE"
echo "Made an API key for indexes named $PREFIX-*."
