'use strict';
const { put } = require('./put');

exports.handler = async (event) => {
  await put(event.order, 'clock');
};
