'use strict';
const { put } = require('./put');

exports.handler = async (event) => {
  for (const { body } of event.Records) await put(body, 'queue');
  return { batchItemFailures: [] };
};
