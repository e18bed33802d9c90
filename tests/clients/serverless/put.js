'use strict';
const { DynamoDBClient, PutItemCommand } = require('@aws-sdk/client-dynamodb');

const table = new DynamoDBClient();

/** Put an order into the table, with what brought it. */
exports.put = (id, from) =>
  table.send(new PutItemCommand({ TableName: process.env.TABLE, Item: { id: { S: id }, from: { S: from } } }));
