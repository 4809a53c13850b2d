// Writes api.json: the fields of Kubernetes' objects and their types, as far as a manifest of these kinds reaches them; "!" marks what must be there.
// They come from the typed models of npm's @kubernetes/client-node (Apache-2.0), which are generated from Kubernetes' OpenAPI.
//   npm pack @kubernetes/client-node@2.0.1 && tar -xzf kubernetes-client-node-2.0.1.tgz && node api.mjs package > api.json
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const directory = resolve(process.argv[2], 'dist/gen/models');
const kinds = ['V1ConfigMap', 'V1DaemonSet', 'V1Job', 'V1ServiceAccount'];
const models = {};
for (const waiting = [...kinds]; waiting.length > 0;) {
    const name = waiting.pop();
    if (models[name])
        continue;
    const declared = readFileSync(`${directory}/${name}.d.ts`, 'utf8');
    const model = (await import(`${directory}/${name}.js`))[name];
    models[name] = {};
    for (const { name: property, baseName, type, format } of model.getAttributeTypeMap()) {
        models[name][baseName] = (type === 'number' && format ? format : type) + (declared.includes(`'${property}': `) ? '!' : '');
        waiting.push(...(type.match(/\bV1\w+/g) ?? []).filter(other => other !== 'V1MicroTime'));
    }
}
const version = /OpenAPI spec version: release-(\S+)/.exec(readFileSync(`${directory}/V1Job.js`, 'utf8'))[1];
const sorted = Object.fromEntries(Object.keys(models).sort().map(name => [name, models[name]]));
const lines = Object.entries(sorted).map(([name, fields]) => `  ${JSON.stringify(name)}: ${JSON.stringify(fields)}`);
console.log(`{\n  "kubernetes": ${JSON.stringify(version)},\n${lines.join(',\n')}\n}`);
