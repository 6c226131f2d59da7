// Reads RDF with a parser that is written in JavaScript and gives it back as N-Quads.
// node judge.cjs FORMAT FILE, in a folder where npm has installed n3, jsonld and rdfxml-streaming-parser. The format
// `canonical` is N-Quads, given back in canonical form (RDFC-1.0).
'use strict';
const fs = require('fs');

// What JSON escapes is escaped in N-Quads, and in the same way.
const literal = (term) => {
  const text = JSON.stringify(term.value);
  if (term.language) return `${text}@${term.language}`;
  return `${text}^^<${term.datatype.value}>`;
};
const write = (term) =>
  ({ NamedNode: () => `<${term.value}>`, Literal: () => literal(term), DefaultGraph: () => '',
     BlankNode: () => (term.value.startsWith('_:') ? term.value : `_:${term.value}`) })[term.termType]();
const line = (quad) =>
  `${[quad.subject, quad.predicate, quad.object, quad.graph].map(write).join(' ')} .\n`;

const media = { turtle: 'text/turtle', ntriples: 'application/n-triples', nquads: 'application/n-quads', trig: 'application/trig' };

async function read(format, file) {
  const text = fs.readFileSync(file, 'utf8');
  if (format === 'canonical') {
    const { NQuads, canonize } = require('rdf-canonize');
    const made = await canonize(NQuads.parse(text), { algorithm: 'RDFC-1.0', format: 'application/n-quads', maxDeepIterations: Infinity });
    fs.writeFileSync(1, made);
    return [];
  }
  if (format === 'jsonld') {
    const documentLoader = (url) => { throw new Error(`asked to fetch ${url}`); };
    return require('jsonld').toRDF(JSON.parse(text), { documentLoader });
  }
  if (format === 'rdfxml') {
    const { RdfXmlParser } = require('rdfxml-streaming-parser');
    const parser = new RdfXmlParser();
    const found = [];
    return new Promise((resolve, reject) => {
      parser.on('data', (quad) => found.push(quad)).on('error', reject).on('end', () => resolve(found));
      parser.end(text);
    });
  }
  const { Parser } = require('n3');
  return new Parser({ format: media[format] }).parse(text);
}

read(...process.argv.slice(2)).then(
  (quads) => fs.writeFileSync(1, quads.map(line).join('')),
  (error) => { process.stderr.write(`${error.stack}\n`); process.exitCode = 1; },
);
