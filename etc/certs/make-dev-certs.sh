#!/usr/bin/env bash
# Makes certificates for development and tests; none of them is for production.
#
#   make-dev-certs.sh DIRECTORY [NAME...]
#
# NAMEs are further DNS names or IP addresses of the server beside localhost, 127.0.0.1 and ::1.
# Into DIRECTORY, which is made if need be, and whose files of these names are replaced:
#
#   ca.pem ca.key                    the CA
#   server.pem server.key            of the listener; server-encrypted.key is the same key, password "dev-password"
#   client.pem client.key            a good client, CN=dev-client
#   expired.pem expired.key          a client whose certificate has expired
#   revoked.pem revoked.key          a client whose certificate crl.pem revokes
#   crl.pem                          revocation list of the CA
#   stranger.pem stranger.key        a client of another CA, stranger-ca.pem
set -euo pipefail
umask 077

if [ $# -lt 1 ]; then
  sed -n '2,15s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
directory=$1
shift
mkdir -p "$directory"
cd "$directory"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

names='DNS:localhost,IP:127.0.0.1,IP:::1'
for name in "$@"; do
  if [[ $name =~ ^[0-9.]+$ || $name == *:* ]]; then names+=",IP:$name"; else names+=",DNS:$name"; fi
done

# ca NAME: a CA of that name with its own index of what it signed.
ca() {
  mkdir -p "$work/$1"
  : >"$work/$1/index"
  echo 1000 >"$work/$1/serial"
  echo 1000 >"$work/$1/crlnumber"
  cat >"$work/$1.cnf" <<CNF
[ca]
default_ca = this
[this]
database = $work/$1/index
serial = $work/$1/serial
crlnumber = $work/$1/crlnumber
new_certs_dir = $work/$1
certificate = $PWD/$1.pem
private_key = $work/$1.key
default_md = sha256
default_days = 825
default_crl_days = 825
policy = names
unique_subject = no
[names]
commonName = supplied
organizationName = optional
[server]
basicConstraints = CA:FALSE
keyUsage = digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = $names
[client]
basicConstraints = CA:FALSE
keyUsage = digitalSignature
extendedKeyUsage = clientAuth
CNF
  key "$work/$1.key"
  openssl req -x509 -new -key "$work/$1.key" -days 825 -subj "/O=nanomq-ts development/CN=$1" -out "$1.pem" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign 2>"$work/log" || fail
}

key() {
  openssl ecparam -name prime256v1 -genkey -noout 2>"$work/log" | openssl pkcs8 -topk8 -nocrypt -out "$1" || fail
}

# certificate CA NAME KIND CN [OPTION...]: NAME.pem and NAME.key, signed by the CA.
certificate() {
  local signer=$1 name=$2 kind=$3 cn=$4
  shift 4
  key "$name.key"
  openssl req -new -key "$name.key" -subj "/O=nanomq-ts development/CN=$cn" -out "$work/$name.csr" 2>"$work/log" || fail
  openssl ca -batch -notext -config "$work/$signer.cnf" -extensions "$kind" -in "$work/$name.csr" -out "$name.pem" \
    "$@" 2>"$work/log" || fail
}

fail() {
  cat "$work/log" >&2
  exit 1
}

ca ca
cp "$work/ca.key" ca.key
certificate ca server server localhost
openssl pkcs8 -topk8 -in server.key -passout pass:dev-password -out server-encrypted.key
certificate ca client client dev-client
certificate ca expired client dev-expired -startdate 20200101000000Z -enddate 20200201000000Z
certificate ca revoked client dev-revoked
openssl ca -config "$work/ca.cnf" -revoke revoked.pem 2>"$work/log" || fail
openssl ca -config "$work/ca.cnf" -gencrl -out crl.pem 2>"$work/log" || fail

ca stranger-ca
certificate stranger-ca stranger client dev-client
chmod 644 ./*.pem
