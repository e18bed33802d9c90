'use strict';
exports.handler = async (event) => {
  console.log('priced', JSON.stringify(event.pathParameters ?? {}));
  return { item: event.pathParameters?.item ?? 'none', price: 10 };
};
