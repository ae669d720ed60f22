// The operations of a Relay application, from which relay-compiler makes artifacts and the map of trusted documents.
import { graphql } from 'relay-runtime';

graphql`
  query ShopFeedQuery($first: Int!, $after: Cursor) {
    posts(first: $first, after: $after) @connection(key: "Shop_posts") {
      edges {
        node {
          ...Shop_post @relay(mask: false)
        }
      }
    }
  }
`;

graphql`
  fragment Shop_post on Post {
    title
    author {
      name
    }
  }
`;

graphql`
  query ShopOrdersQuery($first: Int!) {
    viewer {
      id
      orders(first: $first) {
        nodes {
          status
        }
      }
    }
  }
`;

graphql`
  mutation ShopCheckoutMutation($input: PlaceOrderInput!) {
    placeOrder(input: $input) {
      order {
        status
      }
      userErrors {
        code
      }
    }
  }
`;
