// A foreign judge of our SD-JWTs: reads a list of jobs from standard input,
// does each with @sd-jwt/core and node's own cryptography, writes the results.
// {"do":"verify", token, jwk, alg, now} -> {payload} with the disclosures in place
// {"do":"issue", payload, frame, header, jwk, alg} -> {token}
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { SDJwtInstance } from '@sd-jwt/core'

const hash = (alg) => (alg === 'EdDSA' ? null : 'sha256')
const options = (key) => ({ key, dsaEncoding: 'ieee-p1363' })

function instance({ jwk, alg }) {
  return new SDJwtInstance({
    hasher: (data, name) => {
      if (name !== 'sha-256') throw new Error('another hash: ' + name)
      return new Uint8Array(createHash('sha256').update(data).digest())
    },
    hashAlg: 'sha-256',
    saltGenerator: () => randomBytes(16).toString('base64url'),
    signAlg: alg,
    signer: (data) => sign(hash(alg), Buffer.from(data), options(createPrivateKey({ key: jwk, format: 'jwk' }))).toString('base64url'),
    verifier: (data, signature) =>
      verify(hash(alg), Buffer.from(data), options(createPublicKey({ key: jwk, format: 'jwk' })), Buffer.from(signature, 'base64url')),
  })
}

async function run(job) {
  if (job.do === 'issue') {
    return { token: await instance(job).issue(job.payload, job.frame, { header: job.header }) }
  }
  const { payload, header } = await instance(job).verify(job.token, { currentDate: job.now })
  return { payload, header }
}

const results = []
for (const job of JSON.parse(readFileSync(0, 'utf8'))) {
  results.push(await run(job).catch((e) => ({ error: String(e.message ?? e) })))
}
process.stdout.write(JSON.stringify(results))
