'use strict';
// An application as users of the CDK write it: functions from a bundle and from a folder, behind both kinds of API and a
// URL, with a table, a bucket that a custom resource empties, and an item that a call of the SDK puts, made by another.
const path = require('node:path');
const cdk = require('aws-cdk-lib');
const apigateway = require('aws-cdk-lib/aws-apigateway');
const apigatewayv2 = require('aws-cdk-lib/aws-apigatewayv2');
const integrations = require('aws-cdk-lib/aws-apigatewayv2-integrations');
const dynamodb = require('aws-cdk-lib/aws-dynamodb');
const lambda = require('aws-cdk-lib/aws-lambda');
const nodejs = require('aws-cdk-lib/aws-lambda-nodejs');
const s3 = require('aws-cdk-lib/aws-s3');
const customResources = require('aws-cdk-lib/custom-resources');

class ItemsStack extends cdk.Stack {
  constructor(scope, id) {
    super(scope, id);
    const greeting = this.node.tryGetContext('greeting') ?? 'hello';
    const removalPolicy = cdk.RemovalPolicy.DESTROY;
    const table = new dynamodb.Table(this, 'Items', {
      partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      removalPolicy,
    });
    const bucket = new s3.Bucket(this, 'Files', { removalPolicy, autoDeleteObjects: true });

    const items = new nodejs.NodejsFunction(this, 'ItemsFunction', {
      entry: path.join(__dirname, 'function', 'items.js'),
      runtime: lambda.Runtime.NODEJS_20_X,
      environment: { TABLE: table.tableName, BUCKET: bucket.bucketName },
    });
    table.grantReadWriteData(items);
    bucket.grantReadWrite(items);

    const greet = new lambda.Function(this, 'GreetFunction', {
      code: lambda.Code.fromAsset(path.join(__dirname, 'greet')),
      handler: 'greet.handler',
      runtime: lambda.Runtime.PYTHON_3_13,
      environment: { GREETING: greeting },
    });

    const rest = new apigateway.RestApi(this, 'RestApi', { deployOptions: { stageName: 'live' } });
    const item = rest.root.addResource('items').addResource('{id}');
    item.addMethod('GET', new apigateway.LambdaIntegration(items));
    item.addMethod('PUT', new apigateway.LambdaIntegration(items));
    rest.root.addMethod('GET', new apigateway.MockIntegration({
      requestTemplates: { 'application/json': '{"statusCode": 200}' },
      integrationResponses: [{ statusCode: '200', responseTemplates: { 'application/json': '{"mock": true}' } }],
    }), { methodResponses: [{ statusCode: '200' }] });

    const http = new apigatewayv2.HttpApi(this, 'HttpApi', { corsPreflight: { allowOrigins: ['*'] } });
    http.addRoutes({
      path: '/greet/{name}',
      methods: [apigatewayv2.HttpMethod.GET],
      integration: new integrations.HttpLambdaIntegration('Greet', greet),
    });
    const url = greet.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.NONE });

    new customResources.AwsCustomResource(this, 'FirstItem', {
      onCreate: {
        service: 'DynamoDB',
        action: 'putItem',
        parameters: { TableName: table.tableName, Item: { id: { S: 'first' }, made: { S: 'by CDK' } } },
        physicalResourceId: customResources.PhysicalResourceId.of('first'),
      },
      policy: customResources.AwsCustomResourcePolicy.fromSdkCalls({ resources: [table.tableArn] }),
      installLatestAwsSdk: false,
    });

    new cdk.CfnOutput(this, 'RestApiId', { value: rest.restApiId });
    new cdk.CfnOutput(this, 'HttpApiId', { value: http.apiId });
    new cdk.CfnOutput(this, 'Url', { value: url.url });
    new cdk.CfnOutput(this, 'Bucket', { value: bucket.bucketName });
    new cdk.CfnOutput(this, 'Greet', { value: greet.functionName });
  }
}

new ItemsStack(new cdk.App(), 'items');
