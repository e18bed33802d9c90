'use strict';
const { put } = require('./put');

exports.handler = async (event) => {
  for (const record of event.Records) await put(record.s3.object.key, 'bucket');
};
